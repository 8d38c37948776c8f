"""What Panel shows: one Python class per component of site/components, payload out, actions in."""
