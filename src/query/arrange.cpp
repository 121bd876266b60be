#include "guanxi/query/arrange-inl.hpp"
