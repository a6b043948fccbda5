"""Every option, declared once; where its value may come from; who said it."""
