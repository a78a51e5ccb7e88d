using System.Net;
using Strata.Arm;

namespace Strata.VirtualNode.Providers.Arm;

/// <summary>The one mapping from what the ARM client throws to what a provider says.</summary>
internal static class ArmErrors
{
    public static ProviderException Translate(ArmException error) => new(FailureOf(error), error);

    public static ProviderException Translate(HttpRequestException error, Uri endpoint) =>
        new(new ProviderFailure(FailureKind.Unreachable, $"The container instance service at {endpoint} cannot be reached: {(error.InnerException ?? error).Message}"), error);

    public static ProviderFailure FailureOf(ArmException error) => new(KindOf(error), error.Message);

    private static FailureKind KindOf(ArmException error) => error switch
    {
        { IsCapacity: true } => FailureKind.Capacity,
        { StatusCode: HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity } => FailureKind.Refused,
        { StatusCode: HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout } => FailureKind.Unreachable,
        _ => FailureKind.Other,
    };
}
