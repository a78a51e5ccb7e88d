using System.Net;

namespace Strata.Network.ServiceProxy;

/// <summary>One address that can answer for a service port.</summary>
/// <param name="Ready">Gets new connections.</param>
/// <param name="Serving">Still answers, though it may be shutting down (KEP-1672).</param>
/// <param name="Terminating">Its pod is being deleted.</param>
/// <param name="IsLocal">It runs on this node.</param>
internal readonly record struct EndpointInfo(IPAddress Address, ushort Port, bool Ready, bool Serving, bool Terminating, bool IsLocal);
