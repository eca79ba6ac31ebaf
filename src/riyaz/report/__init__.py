"""What a reader sees: notebooks run, figures drawn, pages made."""
