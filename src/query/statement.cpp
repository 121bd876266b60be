#include "guanxi/query/statement-inl.hpp"
