#include "guanxi/expr/evaluate-inl.hpp"
