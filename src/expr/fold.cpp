#include "guanxi/expr/fold-inl.hpp"
