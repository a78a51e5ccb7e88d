namespace Strata.Cri;

/// <summary>A private containerd could not be started or stopped; the message says why and what to look at.</summary>
public sealed class ContainerdException(string message, Exception? innerException = null) : Exception(message, innerException);
