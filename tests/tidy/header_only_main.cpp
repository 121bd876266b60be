// The other of the two files that include every header of floors 0 to 4.
#include "every_header.hpp"

int main() {}
