/* Asks GIO for what its extension points offer. */
#include <gio/gio.h>
#include <stdio.h>

int main(void)
{
    int absent = 0;

    for (int i = 0; i < 1000; i++) {
        GNetworkMonitor *monitor = g_network_monitor_get_default();
        GProxyResolver *proxies = g_proxy_resolver_get_default();
        GVfs *vfs = g_vfs_get_default();
        GTlsBackend *tls = g_tls_backend_get_default();
        GIOExtensionPoint *point = g_io_extension_point_lookup(G_VFS_EXTENSION_POINT_NAME);

        if (!monitor || !proxies || !vfs || !tls) {
            return 1;
        }
        absent += !g_io_extension_point_get_extension_by_name(point, "gopher");
        if (!g_io_extension_point_get_extension_by_name(point, "local")) {
            return 1;
        }
    }
    printf("%d absent\n", absent);
    return 0;
}
