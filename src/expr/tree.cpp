#include "guanxi/expr/tree-inl.hpp"
