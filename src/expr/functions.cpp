#include "guanxi/expr/functions-inl.hpp"
