#include "guanxi/query/run-inl.hpp"
