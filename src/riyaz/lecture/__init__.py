"""The lecture's theory of recurrent cells, as code."""
