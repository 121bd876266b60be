#include "guanxi/expr/accumulator-inl.hpp"
