#include "guanxi/expr/parse-inl.hpp"
