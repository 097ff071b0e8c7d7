"""Files to a validated, frozen study; its populations and endpoints."""
