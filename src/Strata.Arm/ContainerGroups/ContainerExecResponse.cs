namespace Strata.Arm.ContainerGroups;

/// <summary>Where to connect for exec and attach. The password works once and not for long.</summary>
public sealed record ContainerExecResponse
{
    public string WebSocketUri { get; set; } = "";

    public string Password { get; set; } = "";
}
