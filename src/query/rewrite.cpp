#include "guanxi/query/rewrite-inl.hpp"
