#include "guanxi/base/value-inl.hpp"
