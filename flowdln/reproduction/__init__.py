"""Decides the claims, makes the figures of a checkout, and shows both on one page."""
