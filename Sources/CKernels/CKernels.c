// CKernels
