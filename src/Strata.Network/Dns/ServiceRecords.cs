using System.Net;

namespace Strata.Network.Dns;

/// <summary>The records of one service: Kubernetes DNS-Based Service Discovery, schema 1.1.0, sections 2.3 to 2.5.</summary>
internal static class ServiceRecords
{
    public static IReadOnlyList<DnsRecord> Compute(ServiceDnsInfo service, string domain)
    {
        var records = new List<DnsRecord>();
        var host = $"{service.Name}.{service.Namespace}.svc.{domain}";
        var name = DnsName.Parse(host);
        if (service.ExternalName is { } external)
        {
            records.Add(DnsRecord.Cname(name, DnsName.Parse(external)));
            return records;
        }
        foreach (var address in service.ClusterIPs)
        {
            records.Add(DnsRecord.Address(name, address));
            records.Add(DnsRecord.Ptr(DnsName.Parse(DnsName.Reverse(address)), name));
        }
        if (service.ClusterIPs.IsEmpty)
        {
            AddEndpoints(records, service, host, name);
        }
        else
        {
            foreach (var port in service.Ports.Where(static p => p.Name.Length > 0))
            {
                records.Add(DnsRecord.Srv(PortName(port, host), 100, port.Port, name));
            }
        }
        return records;
    }

    private static void AddEndpoints(List<DnsRecord> records, ServiceDnsInfo service, string host, byte[] name)
    {
        var weights = service.Endpoints.SelectMany(static e => e.Ports).GroupBy(static p => (p.Name, p.Protocol))
            .ToDictionary(static g => g.Key, static g => (ushort)Math.Max(1, 100 / g.Count()));
        var seen = new HashSet<(string, IPAddress)>();
        foreach (var endpoint in service.Endpoints)
        {
            var label = endpoint.Hostname ?? endpoint.Address.ToString().Replace('.', '-').Replace(':', '-');
            var endpointName = DnsName.Parse($"{label}.{host}");
            if (seen.Add((label, endpoint.Address))) // An address may stand in two slices with different ports.
            {
                records.Add(DnsRecord.Address(name, endpoint.Address));
                records.Add(DnsRecord.Address(endpointName, endpoint.Address));
                records.Add(DnsRecord.Ptr(DnsName.Parse(DnsName.Reverse(endpoint.Address)), endpointName));
            }
            foreach (var port in endpoint.Ports.Where(static p => p.Name.Length > 0))
            {
                records.Add(DnsRecord.Srv(PortName(port, host), weights[(port.Name, port.Protocol)], port.Port, endpointName));
            }
        }
    }

    private static byte[] PortName(DnsPort port, string host) => DnsName.Parse($"_{port.Name}._{port.Protocol}.{host}");
}
