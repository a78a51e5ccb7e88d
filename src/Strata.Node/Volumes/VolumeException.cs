namespace Strata.NodeAgent.Volumes;

/// <summary>A volume cannot be set up; the message is what the event FailedMount says.</summary>
internal sealed class VolumeException(string message, Exception? inner = null) : Exception(message, inner);
