using Grpc.Core;

namespace Strata.Cri;

/// <summary>A call to the container runtime failed. The message says which call, against which socket, and what the
/// runtime answered; <see cref="Code"/> is the gRPC status, which is what callers branch on.</summary>
public sealed class CriException(StatusCode code, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    public StatusCode Code { get; } = code;

    /// <summary>True when the runtime does not answer at all: it is starting, restarting or gone. Worth a retry.</summary>
    public bool IsUnavailable => Code == StatusCode.Unavailable;

    public bool IsNotFound => Code == StatusCode.NotFound;
}
