#include "guanxi/expr/bind-inl.hpp"
