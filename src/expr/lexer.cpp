#include "guanxi/expr/lexer-inl.hpp"
