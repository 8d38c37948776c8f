"""Next-token prediction made visible: look into a real language model, token by token.

This file is imported by everything, so it knows nothing but the version. The pure core lives in
the modules beside it; `lmpanel.engine` holds the doors to the neural network.
"""

__version__ = "0.1.0"
