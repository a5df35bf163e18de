"""Other languages than English: what is to be translated (``messages.pot``), and what has been (``<language>/``).

``python -m webapp.translations`` makes the template anew, and says of each translation what is wrong with it.
"""
