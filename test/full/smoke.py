"""What runs before and after: PyTorch without a GPU, and its compiler where this PyTorch has one for this Python."""

import sys

import torch

print(torch.__version__, torch.ones(3).sum().item())
if '--compile' in sys.argv:
    compiled = torch.compile(lambda x: (x * 2 + 1).relu().sum())
    print('compiled', compiled(torch.arange(4.0)).item())
