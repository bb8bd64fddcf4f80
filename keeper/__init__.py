"""The keeper: holds Loki's and Tempo's folders within a size, which the two know only by time.

``python -m keeper`` measures both folders every half minute, decides how much time fits into the limit, and hands that
to the servers as a runtime override, a file that each of them reads again every ten seconds. Standard library only: it
runs in a plain Python image.
"""
