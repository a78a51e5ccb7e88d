using Strata.Arm;

namespace Strata.ContainerInstances.Http;

/// <summary>ARM's standard refusals, in its words.</summary>
internal static class ArmErrors
{
    public static ArmReply SubscriptionNotFound(string subscription) =>
        ArmReply.Error(404, ErrorCodes.SubscriptionNotFound, $"The subscription '{subscription}' could not be found.");

    public static ArmReply ResourceGroupNotFound(string resourceGroup) =>
        ArmReply.Error(404, ErrorCodes.ResourceGroupNotFound, $"Resource group '{resourceGroup}' could not be found.");

    public static ArmReply ResourceNotFound(ArmResourceId id) => ArmReply.Error(
        404, ErrorCodes.ResourceNotFound, $"The Resource '{id.ResourceType}/{id.Name}' under resource group '{id.ResourceGroup}' was not found.");

    public static ArmReply ContainerNotFound(string group, string container) =>
        ArmReply.Error(404, ErrorCodes.ContainerNotFound, $"The container '{container}' was not found in container group '{group}'.");

    public static ArmReply Transitioning(string group) => ArmReply.Error(
        409, ErrorCodes.ContainerGroupTransitioning, $"The container group '{group}' is still transitioning, please retry later.");

    public static ArmReply TooLarge() => ArmReply.Error(413, "RequestContentTooLarge", "The request body is larger than 4 MB.");

    public static ArmReply Malformed(string detail) =>
        ArmReply.Error(400, ErrorCodes.InvalidRequestContent, $"The request content was invalid and could not be deserialized: {detail}");
}
