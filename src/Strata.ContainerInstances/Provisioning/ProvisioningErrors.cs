using System.Globalization;
using Strata.Api.Models;
using Strata.Arm;
using Strata.Arm.ContainerGroups;
using Strata.ContainerInstances.Translation;

namespace Strata.ContainerInstances.Provisioning;

/// <summary>How an operation fails, in ACI's words where it has some.</summary>
internal static class ProvisioningErrors
{
    public static ArmError NoCapacity(ContainerGroup group)
    {
        var total = GroupResources.Of(group);
        return new ArmError(ErrorCodes.ServiceUnavailable, string.Create(
            CultureInfo.InvariantCulture,
            $"The requested resource is not available in the location '{group.Location}' at this moment. Please retry with a different resource request or in another location. Resource requested: '{total.Cpu}' CPU '{total.MemoryInGB}' GB memory '{group.Properties!.OsType}' OS"));
    }

    public static ArmError InaccessibleImage(ContainerGroup group, ContainerStatus status)
    {
        var image = group.Properties!.Containers!.Concat(group.Properties.InitContainers!).FirstOrDefault(c => c.Name == status.Name)?.Properties?.Image ?? status.Image;
        var detail = status.State.Waiting?.Message is { Length: > 0 } message ? $" {message}" : "";
        return new ArmError(
            ErrorCodes.InaccessibleImage,
            $"The image '{image}' in container group '{group.Name}' is not accessible. Please check the image and registry credential.{detail}", status.Name);
    }

    public static ArmError TimedOut(ContainerGroup group, TimeSpan timeout) => new(
        ErrorCodes.DeploymentTimeout,
        $"The container group '{group.Name}' was not running {timeout.TotalMinutes:0} minutes after it was asked for. Its events say what it waits for; delete it or change it.");

    public static ArmError Refused(ContainerGroup group, string reason) => new(
        ErrorCodes.DeploymentFailed, $"The container group '{group.Name}' could not be deployed: {reason}");

    public static ArmError Canceled(string by) => new(ErrorCodes.OperationCanceled, $"The operation was canceled by a later request: {by}.");
}
