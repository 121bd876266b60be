#include "guanxi/query/earlier-inl.hpp"
