// Handlers of ProductService.
#ifndef COMITY_LEAD_PRODUCT_SERVICE_H_
#define COMITY_LEAD_PRODUCT_SERVICE_H_

#include "comity/lead/v1/product_service.grpc.pb.h"
#include "services/runtime/server/unary.h"

namespace comity::lead {

class ProductService final : public v1::ProductService::CallbackService {
 public:
  using Api = v1::ProductService;
  explicit ProductService(server::Edge* edge) : edge_(edge) {}
  COMITY_UNARY(CreateProduct, v1::CreateProductRequest, v1::Product)
  COMITY_UNARY(BatchCreateProducts, v1::BatchCreateProductsRequest, v1::BatchCreateProductsResponse)
  COMITY_UNARY(GetProduct, v1::GetProductRequest, v1::Product)
  COMITY_UNARY(ListProducts, v1::ListProductsRequest, v1::ListProductsResponse)
  COMITY_UNARY(UpdateProduct, v1::UpdateProductRequest, v1::Product)

 private:
  server::Edge* const edge_;
};

}  // namespace comity::lead

#endif  // COMITY_LEAD_PRODUCT_SERVICE_H_
