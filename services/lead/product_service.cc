#include "services/lead/product_service.h"

#include "services/lead/product_store.h"
#include "services/runtime/resource/standard_methods.h"

namespace comity::lead {

absl::StatusOr<v1::Product> ProductService::CreateProduct(Call& call,
                                                          const v1::CreateProductRequest& request) {
  return resource::Create<v1::Product>(call, ProductResource(), request);
}

absl::StatusOr<v1::BatchCreateProductsResponse> ProductService::BatchCreateProducts(
    Call& call, const v1::BatchCreateProductsRequest& request) {
  return resource::BatchCreate<v1::BatchCreateProductsResponse>(call, ProductResource(), request);
}

absl::StatusOr<v1::Product> ProductService::GetProduct(Call& call,
                                                       const v1::GetProductRequest& request) {
  return resource::Get<v1::Product>(call, ProductResource(), request);
}

absl::StatusOr<v1::ListProductsResponse> ProductService::ListProducts(
    Call& call, const v1::ListProductsRequest& request) {
  return resource::List<v1::ListProductsResponse>(call, ProductResource(), request);
}

absl::StatusOr<v1::Product> ProductService::UpdateProduct(Call& call,
                                                          const v1::UpdateProductRequest& request) {
  return resource::Update<v1::Product>(call, ProductResource(), request);
}

}  // namespace comity::lead
