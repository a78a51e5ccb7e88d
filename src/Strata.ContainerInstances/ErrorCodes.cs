namespace Strata.ContainerInstances;

/// <summary>Error codes on the wire: Azure's own where it has one for the case.</summary>
internal static class ErrorCodes
{
    public const string AuthenticationFailed = "AuthenticationFailed";
    public const string ExpiredAuthenticationToken = "ExpiredAuthenticationToken";
    public const string MissingApiVersionParameter = "MissingApiVersionParameter";
    public const string InvalidApiVersionParameter = "InvalidApiVersionParameter";
    public const string InvalidResourceType = "InvalidResourceType";
    public const string InvalidRequestContent = "InvalidRequestContent";
    public const string InvalidRequestFormat = "InvalidRequestFormat";
    public const string SubscriptionNotFound = "SubscriptionNotFound";
    public const string ResourceGroupNotFound = "ResourceGroupNotFound";
    public const string ResourceNotFound = "ResourceNotFound";
    public const string OperationNotFound = "OperationNotFound";
    public const string ContainerNotFound = "ContainerNotFound";
    public const string ContainerNotRunning = "ContainerNotRunning";
    public const string LocationNotAvailable = "LocationNotAvailableForResourceType";
    public const string LimitGreaterThanTotalRequest = "ContainerLimitGreaterThanContainerGroupTotalRequest";
    public const string RequestsNotSpecified = "ResourceSomeRequestsNotSpecified";
    public const string InvalidContainerGroupUpdate = "InvalidContainerGroupUpdate";
    public const string ContainerGroupTransitioning = "ContainerGroupTransitioning";
    public const string ContainerGroupQuotaReached = "ContainerGroupQuotaReached";
    public const string ServiceUnavailable = "ServiceUnavailable";
    public const string InaccessibleImage = "InaccessibleImage";
    public const string DeploymentFailed = "DeploymentFailed";
    public const string DeploymentTimeout = "DeploymentTimeout";
    public const string OperationCanceled = "OperationCanceled";
    public const string InternalError = "InternalServerError";

    /// <summary>Ours: the request asks for something that Azure has and this service has not.</summary>
    public const string FeatureNotSupported = "FeatureNotSupported";
}
