"""The page at `/`: what the emulator holds and what was asked of it, for a person with a browser.

It only reads, needs no token, and is neither recorded nor counted. It is made whole on the server, without scripts
and without anything from elsewhere.
"""
