# Does what it should: the others are measured against it.
echo 'OUTPUT: {"label": "a", "confidence": 0.75}'
