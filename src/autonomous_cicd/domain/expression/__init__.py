"""The expression language of workflow files: `${{ github.ref == 'refs/heads/main' }}`."""
