"""What a reader sees: notebooks run, figures drawn, pages made."""

import sys

# nbformat's jsonschema would build a grammar of IRIs for two seconds, and no notebook has any.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
