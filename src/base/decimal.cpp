#include "guanxi/base/decimal-inl.hpp"
