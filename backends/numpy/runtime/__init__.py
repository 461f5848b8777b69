"""What an emitted module needs beside its kernels, copied into it like them."""
