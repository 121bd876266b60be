#include "guanxi/schema/row-inl.hpp"
