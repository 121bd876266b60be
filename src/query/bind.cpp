#include "guanxi/query/bind-inl.hpp"
