"""Tabla: taals, bols, notation, form, table and sound."""
