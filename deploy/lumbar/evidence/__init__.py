"""The evidence page: what one run of the detector over simulated wearers and recordings shows.

``python -m lumbar.evidence --out docs`` (``make evidence``) simulates, analyses, scores, and
writes ``evidence.md`` with its pictures. Nothing on the page comes from anywhere else.
"""
