#include "guanxi/expr/print-inl.hpp"
