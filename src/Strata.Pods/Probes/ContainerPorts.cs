using System.Globalization;
using Strata.Api.Models;

namespace Strata.Pods.Probes;

/// <summary>Port numbers of a container, by number or by name.</summary>
public static class ContainerPorts
{
    /// <summary>The port number; null when the name is not one of the container's ports.</summary>
    public static int? Find(Container container, IntOrString port)
    {
        if (port.IsNumber)
        {
            return port.Number is > 0 and <= 65535 ? port.Number : null;
        }

        return container.Ports.FirstOrDefault(candidate => candidate.Name == port.Text)?.Port
            ?? (int.TryParse(port.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 65535 ? number : null);
    }
}
