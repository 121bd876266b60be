// One of the two files that include every header of floors 0 to 4: a function that is not inline is
// then defined twice, and does not link.
#include "every_header.hpp"
