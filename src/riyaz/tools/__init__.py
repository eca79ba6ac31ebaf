"""What every other part uses: environment, files, cache, progress, parallel work."""
