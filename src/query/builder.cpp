#include "guanxi/query/builder-inl.hpp"
