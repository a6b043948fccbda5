"""The benchmarks: what this program costs beside others, taken side by side."""
