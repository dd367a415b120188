"""What people pay for, proved: crashes, power cuts, hostile input, and weeks on the socket."""
